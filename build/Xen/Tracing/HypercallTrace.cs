using System;
using System.IO;
using Guest.Rig;
using Guest.Rig.Host;

namespace Guest.Xen.Rig.Tracing;

/// <summary>Xen's own record of the hypercalls that domains make, taken by xentrace: a guest's counters are checked against it.</summary>
public sealed class HypercallTrace : IDisposable
{
    private const string File = "/tmp/trace";

    // Xen's public/trace.h: TRC_PV_ENTRY, the exits of domains with hardware's help (TRC_HVM), and the scheduler's run states, without which
    // xenalyze cannot tell which domain ran.
    private const string Events = "0x002af000";

    // Pages of buffer: enough for a second at full speed.
    private const int BufferPages = 256;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly XenHost _host;
    private readonly Dom0Stream _xentrace;

    private HypercallTrace(XenHost host, Dom0Stream xentrace)
    {
        _host = host;
        _xentrace = xentrace;
    }

    /// <summary>Begins to record.</summary>
    public static HypercallTrace Start(XenHost host)
    {
        host.Require($"rm -f {File}");
        Dom0Stream xentrace = host.Open("xentrace", $"exec xentrace -D -e {Events} -S {BufferPages} {File}");
        HypercallTrace trace = new(host, xentrace);
        // The first records say who runs: from then on all is recorded.
        host.Require($"until [ -s {File} ]; do usleep 20000; done", s_patience);
        return trace;
    }

    /// <summary>Ends the recording and reads it.</summary>
    public HypercallSummary Stop()
    {
        _host.Require("kill -INT $(pidof xentrace)");
        if (!_xentrace.WaitForEnd(s_patience))
            throw new RigException($"xentrace did not end.\n{_xentrace.Output.Tail()}");
        // The processor that QEMU emulates is AMD's kind.
        string record = Path.GetTempFileName();
        try
        {
            System.IO.File.WriteAllBytes(record, _host.Execute($"cat {File}").OutputBytes.ToArray());
            return HypercallSummary.Parse(Shell.Require("xenalyze", "--svm-mode", "--summary", record));
        }
        finally
        {
            System.IO.File.Delete(record);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _xentrace.Dispose();
}
