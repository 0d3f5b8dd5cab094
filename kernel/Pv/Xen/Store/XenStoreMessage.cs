namespace Guest.Pv.Xen;

/// <summary>What every message to and from the store begins with (io/xs_wire.h, <c>xsd_sockmsg</c>).</summary>
internal struct XenStoreMessage
{
    /// <summary>The bytes of this.</summary>
    public const int Size = 16;

    /// <summary>What is asked or answered.</summary>
    public XenStoreOperation Type;

    /// <summary>The number of the request, which its answer repeats.</summary>
    public uint Request;

    /// <summary>The transaction, or 0.</summary>
    public uint Transaction;

    /// <summary>The bytes that follow.</summary>
    public uint Length;
}
