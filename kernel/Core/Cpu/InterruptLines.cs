using System.Collections.Generic;
using Guest.Core.Diagnostics;

namespace Guest.Core.Cpu;

/// <summary>The board's interrupt lines, numbered through all of its I/O APICs (global system interrupts; ACPI 6.5, 5.2.13).</summary>
public sealed class InterruptLines(InterruptTable interrupts)
{
    private readonly List<Controller> _controllers = [];
    private readonly List<ConnectedLine> _lines = [];

    /// <summary>Takes a controller whose first line has the number <paramref name="firstLine"/>. One whose lines are another's already is left
    /// aside.</summary>
    /// <returns>Whether it was taken.</returns>
    public bool TryAdd(IoApic controller, int firstLine)
    {
        foreach (Controller known in _controllers)
        {
            if (firstLine < known.FirstLine + known.IoApic.Lines && known.FirstLine < firstLine + controller.Lines)
                return false;
        }

        _controllers.Add(new Controller(controller, firstLine));
        return true;
    }

    /// <summary>Whether a controller begins at this line.</summary>
    public bool Has(int firstLine)
    {
        foreach (Controller known in _controllers)
        {
            if (known.FirstLine == firstLine)
                return true;
        }

        return false;
    }

    /// <summary>Connects a handler to a line, beside those that share it.</summary>
    /// <returns>False where there is no such line, or no vector is left for it.</returns>
    public bool TryConnect(int line, IInterruptHandler handler, PathCounters counters, uint apicId)
    {
        if (Find(line) is not { } controller)
            return false;
        int vector = VectorOf(line);
        if (vector < 0)
        {
            vector = interrupts.TryAllocate();
            if (vector < 0)
                return false;
            _lines.Add(new ConnectedLine(line, vector));
        }

        interrupts.Connect(vector, handler, counters);
        controller.IoApic.Connect(line - controller.FirstLine, vector, apicId);
        return true;
    }

    /// <summary>Silences the line that a vector belongs to.</summary>
    /// <returns>Its number, or -1 where the vector is no line's.</returns>
    public int Mask(int vector)
    {
        foreach (ConnectedLine connected in _lines)
        {
            if (connected.Vector != vector)
                continue;
            if (Find(connected.Line) is { } controller)
                controller.IoApic.Mask(connected.Line - controller.FirstLine);
            return connected.Line;
        }

        return -1;
    }

    /// <summary>Silences the line of a vector that was freed, and forgets which line that was.</summary>
    public void Release(int vector)
    {
        if (Mask(vector) < 0)
            return;
        for (int i = 0; i < _lines.Count; i++)
        {
            if (_lines[i].Vector == vector)
            {
                _lines.RemoveAt(i);
                return;
            }
        }
    }

    private int VectorOf(int line)
    {
        foreach (ConnectedLine connected in _lines)
        {
            if (connected.Line == line)
                return connected.Vector;
        }

        return -1;
    }

    private Controller? Find(int line)
    {
        foreach (Controller controller in _controllers)
        {
            if (line >= controller.FirstLine && line - controller.FirstLine < controller.IoApic.Lines)
                return controller;
        }

        return null;
    }

    private sealed class Controller(IoApic ioApic, int firstLine)
    {
        public readonly IoApic IoApic = ioApic;
        public readonly int FirstLine = firstLine;
    }

    private readonly record struct ConnectedLine(int Line, int Vector);
}
