using System;
using System.Net;
using Guest.Rig.Measure;
using Guest.Rig.Network;
using Guest.Rig.Qemu;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Subjects;

/// <summary>Something that is measured, running: a system on a path, in a network of its own.</summary>
internal abstract class Subject : IDisposable
{
    /// <summary>How long a boot may take on a busy host.</summary>
    protected static readonly TimeSpan BootPatience = TimeSpan.FromSeconds(120);

    protected Subject(SubjectResult result) => Result = result;

    /// <summary>What has been found out about it.</summary>
    public SubjectResult Result { get; }

    /// <summary>Where it is.</summary>
    public NetworkNamespace Network { get; } = NetworkNamespace.Create();

    /// <summary>Its address.</summary>
    public virtual IPAddress Address => Network.GuestAddress;

    /// <summary>Its echo service's UDP port.</summary>
    public virtual int Port => UdpEchoClient.Port;

    /// <summary>The process of the host that it lives in.</summary>
    public abstract int ProcessId { get; }

    /// <summary>Counts its instructions; null where that cannot be done.</summary>
    public virtual InstructionCounter? Instructions => null;

    /// <summary>Sees its accesses; null where that cannot be done.</summary>
    public virtual AccessTrace? Accesses => null;

    /// <summary>Its machine; null if it has none.</summary>
    public virtual QemuGuest? Guest => null;

    /// <summary>The start of QEMU's names of the NIC's registers.</summary>
    public virtual string DeviceRegion => "";

    /// <summary>Whether it counts itself (Ctrl-T).</summary>
    public virtual bool CountsItself => false;

    /// <summary>Starts it, and returns when it can be used.</summary>
    public abstract void Start();

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Network.Dispose();
        GC.SuppressFinalize(this);
    }
}
