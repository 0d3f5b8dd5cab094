namespace Guest.Pv.Xen;

/// <summary>A platform under Xen, PV or PVH.</summary>
public interface IXenHost
{
    /// <summary>The hypervisor, for the drivers of its devices.</summary>
    XenDomain Domain { get; }
}
