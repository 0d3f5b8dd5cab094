using System;
using System.IO;
using SharpFuzz;

namespace Guest.Fuzz.Guided;

/// <summary>A copy of this program in which the kernel's assemblies tell which way they go (SharpFuzz).</summary>
internal sealed class InstrumentedKernel : IDisposable
{
    private static readonly string[] s_assemblies = ["Guest.Core.dll", "Guest.Pci.dll", "Guest.Pv.dll", "Guest.Net.dll", "Guest.Storage.dll", "Guest.Boot.dll"];

    // Of this process alone: another one may try the same target.
    private readonly string _folder;

    public InstrumentedKernel(Workplace place)
    {
        _folder = Path.Combine(place.Folder, $"instrumented-{Environment.ProcessId}");
        Directory.CreateDirectory(_folder);
        string own = typeof(InstrumentedKernel).Assembly.Location;
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(own)!))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)), overwrite: true);
        foreach (string assembly in s_assemblies)
            _ = Fuzzer.Instrument(Path.Combine(_folder, assembly), static _ => true, Options.Value);
        Program = Path.Combine(_folder, Path.GetFileName(own));
    }

    /// <summary>This program, in the copy.</summary>
    public string Program { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
