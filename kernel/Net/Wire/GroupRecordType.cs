namespace Guest.Net.Wire;

/// <summary>What a report says of a group (RFC 3376, 4.2.12; RFC 3810, 5.2.12): of the types that there are, those of a host that never asks for certain senders.</summary>
public enum GroupRecordType : byte
{
    /// <summary>The host is in the group: it excludes no sender.</summary>
    ModeIsExclude = 2,

    /// <summary>It is in the group no more: it includes no sender from now on.</summary>
    ChangeToInclude = 3,

    /// <summary>It is in the group from now on.</summary>
    ChangeToExclude = 4,
}
