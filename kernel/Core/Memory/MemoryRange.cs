namespace Guest.Core.Memory;

/// <summary>Physical memory from <paramref name="Start"/> up to, not including, <paramref name="End"/>.</summary>
public readonly record struct MemoryRange(ulong Start, ulong End);
