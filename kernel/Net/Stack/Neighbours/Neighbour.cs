using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>One host on the link.</summary>
internal sealed class Neighbour
{
    /// <summary>Its IP address.</summary>
    public IpAddress Address;

    /// <summary>Its link address, if <see cref="IsUsable"/>.</summary>
    public MacAddress LinkAddress;

    /// <summary>What is known.</summary>
    public NeighbourState State;

    /// <summary>Whether a packet was sent to it since the last time this was cleared.</summary>
    public bool Used;

    /// <summary>When to look at it again.</summary>
    public Instant Due;

    /// <summary>When its link address was last learned.</summary>
    public Instant Learned;

    /// <summary>Requests sent since it was last confirmed; of a stale one, how often it was looked at.</summary>
    public int Attempts;

    /// <summary>Frames that wait for it.</summary>
    public WaitingQueue Waiting;

    /// <summary>The list that it stands in.</summary>
    public NeighbourList? List;

    /// <summary>The one before it in the list, or null.</summary>
    public Neighbour? Previous;

    /// <summary>The one behind it in the list, or null.</summary>
    public Neighbour? Next;

    /// <summary>The next one with the same hash, or null.</summary>
    public Neighbour? NextInBucket;

    /// <summary>Whether frames can be sent to it.</summary>
    public bool IsUsable => State is NeighbourState.Reachable or NeighbourState.Stale or NeighbourState.Probing;
}
