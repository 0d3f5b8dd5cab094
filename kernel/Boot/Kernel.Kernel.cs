using System;
using Guest.Core;
using Guest.Core.Cpu;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Power;
using Guest.Core.Randomness;
using Guest.Core.Scheduling;
using Guest.Net.Stack;
using Guest.Net.Wire;
using Guest.Pv;
using Guest.Pv.Xen;
using Guest.Storage;

namespace Guest.Boot;

/// <summary>The kernel's life, the same on every platform: read the options, find the devices, run the application, stop.</summary>
internal sealed class Kernel
{
    private const int UsageExitCode = 2;
    private static Kernel? s_instance;

    private readonly KernelOptions _options;
    private readonly InterfaceConfiguration _network;
    private readonly ulong _tscAtEntry;
    private readonly ulong _acpiRoot;
    private readonly ulong _memoryLeftOut;

    private Kernel(KernelOptions options, InterfaceConfiguration network, in BootInfo boot)
    {
        _options = options;
        _network = network;
        _tscAtEntry = boot.TscAtEntry;
        _acpiRoot = boot.AcpiRoot;
        _memoryLeftOut = boot.Map.LeftOut;
    }

    /// <summary>Called on the loader's stack once the platform stands; goes on in a thread of its own and does not return.</summary>
    public static void Start(ref BootInfo boot)
    {
        KernelOptions options = KernelOptions.Parse(boot.CommandLine);
        if (boot.CommandLineWasCut)
            Refuse($"the command line has more than {boot.CommandLineLimit} bytes: it may have been cut");
        if (options.Error is not null)
            Refuse($"{options.Error}");
        if (!InterfaceConfiguration.TryParse(
            options.Address, options.Gateway, options.NameServer, out InterfaceConfiguration? network, out string? error))
        {
            Refuse($"{error}");
        }

        if (!Ipv6Configuration.TryParse(options.Ipv6, out Ipv6Configuration? ipv6, out error))
            Refuse($"{error}");
        Log.Level = options.LogLevel;
        foreach (string word in options.PassedOver)
            Log.Info("command line", $"'{word}' is meant for Linux and is passed over");
        s_instance = new Kernel(options, network!.With(ipv6!), boot);
        Scheduler scheduler = Processor.Current.Scheduler;
        scheduler.Start("main", Main);
        scheduler.Sleep(Core.Time.Instant.Never);
    }

    private static void Refuse(ref LogLine reason)
    {
        Log.Warn("command line", ref reason);
        Platform.Current.Shutdown(ShutdownReason.PowerOff, UsageExitCode);
    }

    private static void Main() => s_instance!.Run();

    private void Run()
    {
        Platform platform = Platform.Current;
        Log.Info("guest", $"{platform.Name}, {PhysicalMemory.Frames.FreeBytes / 1024} KiB free");
        if (_memoryLeftOut != 0)
            Log.Warn("guest", $"{_memoryLeftOut / 1024} KiB of memory are not used: the loader's map has more than {MemoryMap.MaximumRanges} pieces, and these are the smallest");
        if (!Entropy.Seed(platform.Processor.Random, platform))
            Log.Info("guest", $"the processor gives no random numbers: identifiers and ports start from its counter of time");
        ConsoleInput.Instance.OnStatusRequest = PrintStatus;
        PowerButton.Pressed = OnPowerButton;
        Environment.ExitHandler = MachineEnd.Exit;
        Board? board = platform.HasPci ? Board.Read(platform, _acpiRoot) : null;
        Devices devices = new(platform, board, _options.MmioSlots);
        devices.Add(new EntropySources(platform));
        if (ImageParts.Disks)
            devices.Add(NewDisks(platform));
        else if (_options.Disk != DeviceClassWithOption.Any)
            Log.Warn("disk", $"disk={_options.Disk} is left aside: this application does not use disks");
        devices.Add(NewNetworks(platform)); // the stack's secrets are made now that the generator has all it gets
        devices.Start(OnToolstackRequest);
        int exitCode = Application.Run(_options.ApplicationArguments);
        Log.Info("guest", $"the application ended with exit code {exitCode}");
        MachineEnd.Exit(exitCode);
    }

    private static void OnToolstackRequest(bool reboot)
    {
        Log.Info("xenbus", $"the toolstack asks for {(reboot ? "a reboot" : "the end")}");
        MachineEnd.Begin(reboot ? ShutdownReason.Reboot : ShutdownReason.PowerOff, Environment.ExitCode);
    }

    private static void OnPowerButton()
    {
        Log.Info("guest", $"the power button was pressed");
        MachineEnd.Begin(ShutdownReason.PowerOff, Environment.ExitCode);
    }

    private MachineDisks NewDisks(Platform platform)
    {
        MachineDisks disks = new(platform, _options.Disk, _options.DiskTimeout ?? BlockQueue.UsualTimeout);
        MachineEnd.FlushDisks = disks.Flush;
        return disks;
    }

    private Networks NewNetworks(Platform platform)
    {
        NetworkStack stack = new(platform.Processor.Timers, platform.Processor.Random) { Clock = static () => Platform.Current.Now };
        NetworkStack.Current = stack;
        if (_options.TracesTcp && Log.Output is { } output)
            stack.TraceTcp(output);
        stack.FirstEndpointReady = static (usable, endpoint) => s_instance!.SayReady(usable, endpoint);
        return new Networks(platform, stack, _network, _options.Network) { ExtraAccess = _options.ExtraAccess };
    }

    /// <summary>The line that tells people and tools that the application may be used.</summary>
    private void SayReady(NetworkInterface usable, Endpoint endpoint)
    {
        long microseconds = (Platform.Current.Now - Core.Time.Instant.Zero).Microseconds;
        LogLine line = new(0, 0);
        line.AppendFormatted("ready: "u8);
        Span<byte> address = stackalloc byte[IpAddress.TextCapacity];
        line.AppendFormatted(usable.UsualAddress.Format(address));
        if (endpoint is PacketEndpoint frames)
        {
            line.AppendFormatted(" EtherType "u8);
            line.AppendFormatted((uint)frames.EtherType, "x4");
        }
        else
        {
            line.AppendFormatted(" port "u8);
            line.AppendFormatted(endpoint.LocalPort);
        }

        line.AppendFormatted(", "u8);
        line.AppendFormatted(microseconds);
        line.AppendFormatted(" us after entry"u8);
        Platform.Current.WriteConsole(line.Bytes);
        Platform.Current.WriteConsole("\n"u8);
    }

    private void PrintStatus()
    {
        ConsoleOutput output = Log.Output!;
        StatusReport.PrintDevices(output);
        if (Platform.Current is IXenHost host)
            StatusReport.PrintHypercalls(output, host.Domain.Hypercalls);
        if (NetworkStack.Current is { } stack)
            StatusReport.PrintNetwork(output, stack);
        StatusReport.PrintProcessor(
            output,
            (long)(X86.ReadTsc() - _tscAtEntry),
            Platform.Current.IdleTicks,
            Platform.Current.Processor.Timers.Fired,
            Heap.AllocatedBytes,
            PhysicalMemory.Frames.FreeBytes);
    }
}
