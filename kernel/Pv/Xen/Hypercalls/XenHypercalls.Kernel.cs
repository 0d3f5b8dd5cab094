namespace Guest.Pv.Xen;

/// <summary>The door to the real hypervisor.</summary>
public sealed class XenHypercalls : Hypercalls
{
    /// <summary>Opens it; what was made before it stood is counted with the rest.</summary>
    public XenHypercalls()
    {
        for (int i = 0; i < Count; i++)
            CountEarlier(i, XenHypercall.Early(i));
    }

    /// <inheritdoc/>
    protected override long Invoke(int number, ulong first, ulong second, ulong third, ulong fourth) =>
        XenHypercall.Raw((ulong)number, first, second, third, fourth);
}
