using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pv.Xen;

namespace Guest.Net.Devices;

/// <summary>The event channels of one connection: one for each ring where the back end splits them, else one for both.</summary>
internal struct NetFrontChannels
{
    /// <summary>By which the back end is told of what is sent.</summary>
    public int TransmitPort { get; private set; }

    /// <summary>By which it is told of buffers to receive into.</summary>
    public int ReceivePort { get; private set; }

    /// <summary>Opens them.</summary>
    public bool TryOpen(XenDomain domain, ushort backend, IInterruptHandler handler, PathCounters counters, bool split)
    {
        TransmitPort = Math.Max(domain.Events.Allocate(backend, handler, counters), 0);
        ReceivePort = split ? Math.Max(domain.Events.Allocate(backend, handler, counters), 0) : TransmitPort;
        return TransmitPort != 0 && ReceivePort != 0;
    }

    /// <summary>Closes those that are open.</summary>
    public void Close(XenDomain domain, PathCounters counters)
    {
        if (TransmitPort != 0)
            domain.Events.Close(TransmitPort, counters);
        if (ReceivePort != 0 && ReceivePort != TransmitPort)
            domain.Events.Close(ReceivePort, counters);
        TransmitPort = 0;
        ReceivePort = 0;
    }
}
