namespace System;

/// <summary>What an event carries.</summary>
public class EventArgs
{
    public static readonly EventArgs Empty = new();
}
