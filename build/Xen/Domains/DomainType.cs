namespace Guest.Xen.Rig.Domains;

/// <summary>How Xen runs a domain; the names of xl.cfg(5) in lower case.</summary>
public enum DomainType
{
    /// <summary>Paravirtualised: the guest knows Xen and asks it for everything.</summary>
    Pv,

    /// <summary>Hardware runs the guest's processor and page tables; devices are as for PV. Needs VT-x or AMD-V.</summary>
    Pvh,
}
