namespace Guest.Net.Wire;

/// <summary>Codes of <see cref="Icmpv6Type.ParameterProblem"/> (RFC 4443, 3.4; RFC 7112, 5).</summary>
public enum Icmpv6Problem : byte
{
    /// <summary>A field's value makes no sense.</summary>
    Field = 0,

    /// <summary>A header of a kind that is not known.</summary>
    NextHeader = 1,

    /// <summary>An option that is not known.</summary>
    Option = 2,

    /// <summary>The first fragment does not have all headers.</summary>
    IncompleteHeaders = 3,
}
