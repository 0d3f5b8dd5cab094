using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Guest.Rig.Qemu;

namespace Guest.Rig.Measure;

/// <summary>QEMU's own view of a guest's accesses to device registers and ports, by its trace events.</summary>
public sealed partial class AccessTrace : IDisposable
{
    private static readonly string[] s_events = ["memory_region_ops_read", "memory_region_ops_write"];

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"guest-trace-{Environment.ProcessId}-{Guid.NewGuid():n}");
    private long _position;

    /// <summary>QEMU's arguments that send its trace to a file.</summary>
    public IReadOnlyList<string> Arguments => ["-D", _path];

    /// <summary>Switches the events on or off; off, they cost nothing.</summary>
    public void Enable(QmpClient monitor, bool on)
    {
        foreach (string name in s_events)
            monitor.Execute("trace-event-set-state", new JsonObject { ["name"] = name, ["enable"] = on });
        if (on)
            _position = new FileInfo(_path) is { Exists: true } file ? file.Length : 0;
    }

    /// <summary>The accesses since the events were switched on.</summary>
    public IReadOnlyList<DeviceAccess> Read()
    {
        List<DeviceAccess> accesses = [];
        using FileStream file = new(_path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(_position, SeekOrigin.Begin);
        using StreamReader reader = new(file);
        while (reader.ReadLine() is { } line)
        {
            Match match = Line().Match(line);
            if (match.Success)
            {
                accesses.Add(new DeviceAccess(
                    match.Groups["name"].Value,
                    Convert.ToUInt64(match.Groups["address"].Value, 16),
                    match.Groups["kind"].Value == "write"));
            }
        }
        return accesses;
    }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(_path);

    [GeneratedRegex("memory_region_ops_(?<kind>read|write) cpu \\d+ mr \\S+ addr 0x(?<address>[0-9a-f]+) .* name '(?<name>[^']*)'")]
    private static partial Regex Line();
}
