namespace System;

/// <summary>The base of all structs. Structs that are compared or hashed override these members (records do): comparing them by reflection
/// is not possible here.</summary>
public abstract class ValueType
{
    public override bool Equals(object? obj) =>
        throw new NotSupportedException("ValueType.Equals: the struct must override Equals, or be a record struct");

    public override int GetHashCode() =>
        throw new NotSupportedException("ValueType.GetHashCode: the struct must override GetHashCode, or be a record struct");

    public override string? ToString() => "System.ValueType";
}
