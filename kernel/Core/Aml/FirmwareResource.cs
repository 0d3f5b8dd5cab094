namespace Guest.Core.Aml;

/// <summary>One thing that a device takes, or that a bridge passes on to what is behind it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="First">The first address, port, bus or interrupt.</param>
/// <param name="Last">The last one.</param>
/// <param name="IsWindow">Written as an address space, which is how bridges write what they pass on.</param>
public readonly record struct FirmwareResource(FirmwareResourceKind Kind, ulong First, ulong Last, bool IsWindow);
