namespace Guest.Net.Stack;

/// <summary>What became of a wish for an address and a port.</summary>
public enum BindStatus
{
    /// <summary>They are the endpoint's now.</summary>
    Bound,

    /// <summary>Another endpoint has them.</summary>
    InUse,

    /// <summary>No interface has the address.</summary>
    AddressNotAvailable,
}
