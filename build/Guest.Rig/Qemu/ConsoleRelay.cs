using System;
using System.IO;
using System.Text;

namespace Guest.Rig.Qemu;

/// <summary>Passes a guest's console on byte by byte as it comes, and adds names to the lines of a back trace.</summary>
/// <param name="terminal">Ours.</param>
/// <param name="names">Where names come from.</param>
public sealed class ConsoleRelay(Stream terminal, BackTraceNames names)
{
    private const int LongestFrameLine = 80;

    private readonly StringBuilder _line = new();

    /// <summary>Copies until the console ends.</summary>
    public void Run(Stream console)
    {
        byte[] buffer = new byte[4096];
        while (console.Read(buffer) is > 0 and int length)
            Pass(buffer.AsSpan(0, length));
    }

    /// <summary>Passes on what came.</summary>
    public void Pass(ReadOnlySpan<byte> bytes)
    {
        int passed = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '\n')
            {
                // A domain's console ends its lines with CR LF.
                if (_line.Length < LongestFrameLine && bytes[i] != '\r')
                    _line.Append((char)bytes[i]);
                continue;
            }
            string name = names.For(_line.ToString());
            _line.Clear();
            if (name.Length > 0)
            {
                int end = i > passed && bytes[i - 1] == '\r' ? i - 1 : i;
                terminal.Write(bytes[passed..end]);
                terminal.Write(Encoding.UTF8.GetBytes(name));
                passed = end;
            }
        }
        terminal.Write(bytes[passed..]);
        terminal.Flush();
    }
}
