using System;
using System.Text;

namespace Guest.Xen.Rig;

/// <summary>How a script in dom0 ended.</summary>
/// <param name="ExitCode">Its exit code; 137 if it was killed because it took too long.</param>
/// <param name="OutputBytes">What it printed.</param>
/// <param name="Errors">What it printed to its standard error.</param>
public readonly record struct Dom0Result(int ExitCode, ReadOnlyMemory<byte> OutputBytes, string Errors)
{
    /// <summary>What it printed, as text.</summary>
    public string Output => Encoding.UTF8.GetString(OutputBytes.Span);
}
