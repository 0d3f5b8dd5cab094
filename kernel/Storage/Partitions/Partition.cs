namespace Guest.Storage.Partitions;

/// <summary>A part of a disk that its table names. In bytes.</summary>
/// <param name="Number">As people count them: from 1; the logical ones of an extended MBR partition from 5.</param>
/// <param name="Start">The first byte.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct Partition(int Number, long Start, long Length);
