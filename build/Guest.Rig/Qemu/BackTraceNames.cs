using System;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;

namespace Guest.Rig.Qemu;

/// <summary>Gives names to the addresses of a panic's back trace: binutils' <c>addr2line</c>, kept running, over the symbols beside the
/// image.</summary>
public sealed partial class BackTraceNames : IDisposable
{
    private readonly string _symbols;
    private Process? _addr2line;

    /// <summary>Takes the file of symbols; a missing one gives no names.</summary>
    public BackTraceNames(string symbols) => _symbols = symbols;

    /// <summary>What follows a line of a back trace (<c>  at 0xffffffff80101223</c>, with <c> ?</c> behind it if the kernel is not certain): the function, file and line.</summary>
    /// <returns>An empty string for any other line, and where nothing is known.</returns>
    public string For(string line)
    {
        Match match = Frame().Match(line);
        if (!match.Success || !File.Exists(_symbols))
            return "";
        _addr2line ??= Process.Start(new ProcessStartInfo("addr2line", ["--functions", "--basenames", "--exe", _symbols])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        _addr2line.StandardInput.WriteLine(match.Groups["address"].Value);
        _addr2line.StandardInput.Flush();
        string? function = _addr2line.StandardOutput.ReadLine();
        string? place = _addr2line.StandardOutput.ReadLine();
        return function is null or "??" ? "" : $"  {function} ({place})";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_addr2line is null)
            return;
        _addr2line.Kill();
        _addr2line.WaitForExit();
        _addr2line.Dispose();
    }

    [GeneratedRegex("^  at (?<address>0x[0-9a-f]{16})(?: \\?)?\\s*$")]
    private static partial Regex Frame();
}
