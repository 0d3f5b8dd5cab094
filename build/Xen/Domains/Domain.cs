using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using Guest.Rig;
using Guest.Rig.Measure;

namespace Guest.Xen.Rig.Domains;

/// <summary>A domain on a <see cref="XenHost"/>: its console, and what xl can do to it. It ends with its host; disposing it first has xl destroy
/// it, which takes longer than to boot it.</summary>
public sealed class Domain : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly XenHost _host;
    private readonly DomainConfiguration _configuration;
    private readonly Action<ReadOnlySpan<byte>>? _copy;
    private Dom0Stream? _console;
    private Dom0Stream? _keyboard;

    internal Domain(XenHost host, DomainConfiguration configuration, Action<ReadOnlySpan<byte>>? copy)
    {
        _host = host;
        _configuration = configuration;
        _copy = copy;
    }

    /// <summary>The name.</summary>
    public string Name => _configuration.Name;

    /// <summary>What the guest wrote to its console ring since its creation, reboots included.</summary>
    public ConsoleLog Console => _console!.Output;

    /// <summary>The domain's number; a reboot changes it.</summary>
    public int Id => int.Parse(_host.Require($"xl domid {Name}"), CultureInfo.InvariantCulture);

    /// <summary>Whether there is a domain of this name, in whatever state.</summary>
    public bool Exists => _host.Execute($"xl domid {Name}").ExitCode == 0;

    /// <summary>The state as <c>xl list</c> shows it: six places, such as <c>-b----</c> blocked, <c>---s--</c> powered off,
    /// <c>---sc-</c> crashed; empty if there is no such domain.</summary>
    public string State
    {
        get
        {
            Dom0Result list = _host.Execute($"xl list {Name}");
            return list.ExitCode != 0 ? "" : list.Output.Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        }
    }

    /// <summary>Opens the console for typing, by the program that <c>xl console</c> becomes, told to listen though there is no
    /// terminal. What the guest says from then on goes there and to <see cref="Console"/>.</summary>
    public Dom0Stream OpenConsole() => _host.Open($"{Name} (xl console)", $"exec xenconsole --interactive $(xl domid {Name})");

    /// <summary>Types on the console, through <c>xl console</c>, which a reboot ends.</summary>
    public void Type(ReadOnlySpan<byte> bytes)
    {
        if (_keyboard is { HasEnded: true })
        {
            _keyboard.Dispose();
            _keyboard = null;
        }
        _keyboard ??= OpenConsole();
        _keyboard.Type(bytes);
    }

    /// <summary>What a guest of ours counted itself, asked by Ctrl-T through <c>xl console</c>.</summary>
    public GuestCounters AskCounters()
    {
        int from = Console.Count;
        Type([GuestCounters.Request]);
        Console.WaitFor("the counters", GuestCounters.IsLast, s_patience, from, whole: true);
        GuestCounters counters = new();
        foreach (string line in Console.Lines.Skip(from).Where(GuestCounters.IsLine))
            counters.Add(line);
        return counters;
    }

    /// <summary>Runs an xl command on this domain, such as <c>shutdown</c>; <c>xl VERB NAME REST</c>.</summary>
    public string Xl(string verb, string rest = "") => _host.Require($"xl {verb} {Name} {rest}");

    /// <summary>Waits until the domain's state satisfies something, and returns it.</summary>
    public string WaitForState(string what, Func<string, bool> satisfies, TimeSpan? patience = null)
    {
        Stopwatch waited = Stopwatch.StartNew();
        TimeSpan limit = patience ?? s_patience;
        while (true)
        {
            string state = State;
            if (satisfies(state))
                return state;
            if (waited.Elapsed > limit)
                throw new RigException(
                    $"The domain {Name} did not become {what} in {limit.TotalSeconds:0.#} s; it is '{state}'.\n{Report()}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Waits until there is no such domain any more.</summary>
    public void WaitUntilGone(TimeSpan? patience = null) => WaitForState("gone", state => state.Length == 0, patience);

    /// <summary>The last lines of the consoles of the domain, dom0 and Xen: for messages about failures.</summary>
    public string Report() => $"{_console?.Output.Tail()}\n{_host.Report()}";

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_console is null)
            return;
        // If QEMU is gone the console has ended, and so has the domain.
        if (!_console.HasEnded)
            _host.ExecuteIfRunning($"xl destroy {Name}");
        _keyboard?.Dispose();
        _keyboard = null;
        _console.Dispose();
        _console = null;
    }

    internal void Start()
    {
        // xenconsoled appends to this file; as a pipe that somebody always holds open it loses nothing and wakes us at once.
        string pipe = $"/var/log/xen/console/guest-{Name}.log";
        _host.Require($"rm -f {pipe}; mkfifo {pipe}");
        _console = _host.Open(Name, $"exec cat <>{pipe}", _copy);
        string file = $"/tmp/{Name}.cfg";
        DomainConfiguration inside = _configuration with
        {
            Kernel = _host.Upload(_configuration.Kernel),
            Ramdisk = _configuration.Ramdisk is { } ramdisk ? _host.Upload(ramdisk) : null,
        };
        _host.Upload(file, Encoding.UTF8.GetBytes(inside.ToString()));
        Dom0Result created = _host.Execute($"xl create {file}");
        if (created.ExitCode == 0)
            return;
        string report = Report();
        Dispose();
        throw new RigException($"xl create ended with {created.ExitCode}:\n{created.Output}{created.Errors}\n{inside}\n{report}");
    }
}
