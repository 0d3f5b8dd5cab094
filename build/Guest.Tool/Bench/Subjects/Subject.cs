using System;
using System.Collections.Generic;
using System.Net;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Tool.Bench.Results;
using Guest.Tool.Bench.Timelines;
using Guest.Xen.Rig.Tracing;

namespace Guest.Tool.Bench.Subjects;

/// <summary>Something that is measured, running: a system on a path, in a network of its own.</summary>
internal abstract class Subject : IDisposable
{
    /// <summary>How long a network may usually be silent while an answer is due.</summary>
    public const int UsualPatienceSeconds = 5;

    private const int HttpPort = 80;

    /// <summary>How long a boot may take on a busy host.</summary>
    protected static readonly TimeSpan BootPatience = TimeSpan.FromSeconds(120);

    private NetworkNamespace? _network;

    protected Subject(SubjectResult result) => Result = result;

    /// <summary>What has been found out about it.</summary>
    public SubjectResult Result { get; }

    /// <summary>Where it is, if it is in a network: made when first asked for.</summary>
    public NetworkNamespace Network => _network ??= NetworkNamespace.Create();

    /// <summary>Its address.</summary>
    public virtual IPAddress Address => Network.GuestAddress;

    /// <summary>The port of its echo service, over UDP and TCP, or of its web server.</summary>
    public virtual int Port => Result.Application == BenchRunner.WebApplication ? HttpPort : UdpEchoClient.Port;

    /// <summary>How long it may be silent while an answer is due.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(UsualPatienceSeconds);

    /// <summary>The process of the host that it lives in.</summary>
    public abstract int ProcessId { get; }

    /// <summary>Whether that process still runs.</summary>
    public abstract bool Runs { get; }

    /// <summary>Whether a whole Linux has to boot before it can be used.</summary>
    public virtual bool BootsSlowly => false;

    /// <summary>Counts its instructions; null where that cannot be done.</summary>
    public virtual InstructionCounter? Instructions => null;

    /// <summary>Whether its device is one that was refused its offloads.</summary>
    public virtual bool HasPlainDevice => false;

    /// <summary>Whether its accesses can be seen from outside.</summary>
    public virtual bool ShowsAccesses => false;

    /// <summary>Whether its hypercalls can be seen from outside.</summary>
    public virtual bool ShowsHypercalls => false;

    /// <summary>How QEMU's names of the measured device's registers and ports may begin.</summary>
    public virtual IReadOnlyList<string> DeviceRegions => [];

    /// <summary>Whether it counts itself (Ctrl-T).</summary>
    public virtual bool CountsItself => false;

    /// <summary>Its number among Xen's domains; only where <see cref="ShowsHypercalls"/>.</summary>
    public virtual int Domain => throw new NotSupportedException($"{Result.Name} is no domain.");

    /// <summary>Starts it, and returns when it can be used.</summary>
    public abstract void Start();

    /// <summary>What it counted itself; only where <see cref="CountsItself"/>.</summary>
    public virtual GuestCounters AskCounters() => throw new NotSupportedException($"{Result.Name} does not count itself.");

    /// <summary>Types a line on its console and returns the answer; only where an application listens.</summary>
    /// <param name="line">What is typed.</param>
    /// <param name="answerStart">How the line of the answer begins.</param>
    /// <param name="patience">How long to wait.</param>
    public virtual string Converse(string line, string answerStart, TimeSpan patience) =>
        throw new NotSupportedException($"{Result.Name} does not listen.");

    /// <summary>Whose the code is that its machine executes, and what it does; only where it is our image, with <see cref="Instructions"/>.</summary>
    /// <param name="symbols">The functions of the application's image.</param>
    public virtual CodeMap MapCode(SymbolTable symbols) => throw new NotSupportedException($"{Result.Name} is not our image.");

    /// <summary>Sees every access to a device between here and <see cref="StopAccessTrace"/>; only where <see cref="ShowsAccesses"/>.</summary>
    public virtual void StartAccessTrace() => throw new NotSupportedException($"{Result.Name} does not show its accesses.");

    /// <summary>What was accessed.</summary>
    public virtual IReadOnlyList<DeviceAccess> StopAccessTrace() => throw new NotSupportedException($"{Result.Name} does not show its accesses.");

    /// <summary>Sees every hypercall between here and <see cref="StopHypercallTrace"/>; only where <see cref="ShowsHypercalls"/>. Seeing costs the
    /// machine instructions of its own.</summary>
    public virtual void StartHypercallTrace() => throw new NotSupportedException($"{Result.Name} does not show its hypercalls.");

    /// <summary>What was called, and how often each domain ran.</summary>
    public virtual HypercallSummary StopHypercallTrace() => throw new NotSupportedException($"{Result.Name} does not show its hypercalls.");

    /// <summary>What the host that it is on has counted; empty where there is no host to be asked.</summary>
    public virtual IReadOnlyDictionary<string, long> AskHost() => new Dictionary<string, long>();

    /// <summary>The last lines of its consoles: for messages about failures.</summary>
    public virtual string Report() => "";

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        _network?.Dispose();
        GC.SuppressFinalize(this);
    }
}
