namespace Guest.Net.Stack;

/// <summary>What is to become of a packet with an extension header.</summary>
internal enum ExtensionVerdict
{
    /// <summary>The header is skipped.</summary>
    Fine,

    /// <summary>The packet is dropped.</summary>
    Drop,

    /// <summary>The packet is dropped, and its sender told of a field.</summary>
    BadField,

    /// <summary>The packet is dropped, and its sender told of an option.</summary>
    UnknownOption,

    /// <summary>The packet is dropped, and its sender told of an option if this host alone was meant.</summary>
    UnknownOptionOfOne,
}
