using System;
using Guest.Core;
using Guest.Core.Cpu;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Scheduling;

namespace Guest.Boot;

/// <summary>The kernel's life, the same on every platform: read the options, find the devices, run the application, stop.</summary>
internal sealed class Kernel
{
    private const int UsageExitCode = 2;
    private static Kernel? s_instance;

    private readonly KernelOptions _options;
    private readonly ulong _startTsc;

    private Kernel(KernelOptions options, ulong startTsc)
    {
        _options = options;
        _startTsc = startTsc;
    }

    /// <summary>Called on the loader's stack once the platform stands; goes on in a thread of its own and does not return.</summary>
    public static void Start(ref BootInfo boot)
    {
        KernelOptions options = KernelOptions.Parse(boot.CommandLine);
        if (boot.CommandLineWasCut)
            Refuse($"the command line is longer than {BootInfo.MaximumCommandLine} bytes");
        if (options.Error is not null)
            Refuse($"{options.Error}");
        Log.Level = options.LogLevel;
        s_instance = new Kernel(options, boot.TscAtEntry);
        Scheduler.Start("main", Main);
        Scheduler.Sleep(Core.Time.Instant.Never);
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
        ConsoleInput.Instance.OnStatusRequest = PrintStatus;
        RunLoop.Add(ConsoleInput.Instance);
        Networks.Start(_options);
        int exitCode = Application.Run(_options.ApplicationArguments);
        Log.Info("guest", $"the application ended with exit code {exitCode}");
        platform.Shutdown(ShutdownReason.PowerOff, exitCode);
    }

    private void PrintStatus()
    {
        StatusReport.PrintDevices(Platform.Current.WriteConsole);
        StatusReport.PrintProcessor(
            Platform.Current.WriteConsole,
            (long)(Processor.ReadTsc() - _startTsc),
            Platform.Current.IdleTicks,
            Heap.AllocatedBytes);
    }
}
