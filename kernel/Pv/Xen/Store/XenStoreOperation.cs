namespace Guest.Pv.Xen;

/// <summary>What a message to or from the store is about (io/xs_wire.h, <c>xsd_sockmsg_type</c>).</summary>
internal enum XenStoreOperation : uint
{
    Directory = 1,
    Read = 2,
    Watch = 4,
    Unwatch = 5,
    TransactionStart = 6,
    TransactionEnd = 7,
    Write = 11,
    Remove = 13,
    WatchEvent = 15,
    Error = 16,
}
