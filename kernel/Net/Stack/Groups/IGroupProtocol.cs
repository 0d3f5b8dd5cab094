using Guest.Core.Time;

namespace Guest.Net.Stack;

/// <summary>Who tells routers and switches of groups of IPv4. An interface, so that images whose applications join none go without it.</summary>
internal interface IGroupProtocol
{
    /// <summary>Says at once what has changed.</summary>
    void OnChange(Instant now);

    /// <summary>Says no more: the link went.</summary>
    void Stop();

    /// <summary>Takes a message.</summary>
    /// <param name="buffer">The packet, from the message on.</param>
    /// <param name="hops">The hops that it has left: a router passes none on.</param>
    void Input(PacketBuffer buffer, byte hops);
}
