using System;
using System.IO;
using System.Text;

namespace Guest.Rig.Qemu;

/// <summary>Passes a guest's console on byte by byte as it comes, and adds names to the lines of a back trace.</summary>
public static class ConsoleRelay
{
    private const int LongestFrameLine = 80;

    /// <summary>Copies until the console ends.</summary>
    /// <param name="console">The guest's.</param>
    /// <param name="terminal">Ours.</param>
    /// <param name="names">Where names come from.</param>
    public static void Run(Stream console, Stream terminal, BackTraceNames names)
    {
        byte[] buffer = new byte[4096];
        StringBuilder line = new();
        int length;
        while ((length = console.Read(buffer)) > 0)
        {
            int passed = 0;
            for (int i = 0; i < length; i++)
            {
                if (buffer[i] != '\n')
                {
                    if (line.Length < LongestFrameLine)
                        line.Append((char)buffer[i]);
                    continue;
                }
                string name = names.For(line.ToString());
                line.Clear();
                if (name.Length > 0)
                {
                    terminal.Write(buffer.AsSpan(passed, i - passed));
                    terminal.Write(Encoding.UTF8.GetBytes(name));
                    passed = i;
                }
            }
            terminal.Write(buffer.AsSpan(passed, length - passed));
            terminal.Flush();
        }
    }
}
