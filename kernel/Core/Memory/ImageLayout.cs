namespace Guest.Core.Memory;

/// <summary>Where the linker put the image's parts: virtual addresses, each on a page boundary (kernel/Boot/link.ld).</summary>
public readonly partial record struct ImageLayout(ulong Start, ulong TextEnd, ulong ConstantsEnd, ulong End);
