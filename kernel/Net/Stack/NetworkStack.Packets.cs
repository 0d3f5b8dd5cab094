namespace Guest.Net.Stack;

/// <summary>Whole frames, for raw sockets.</summary>
public sealed partial class NetworkStack
{
    private readonly PacketEndpoints _packets = new();

    /// <summary>Makes an endpoint for whole frames, or hands out a closed one again. It takes none until it is bound.</summary>
    public PacketEndpoint CreatePacketEndpoint() => _packets.Open(this, _queueCapacity);

    /// <summary>The interface of an index; null if there is none.</summary>
    internal NetworkInterface? FindInterface(int index)
    {
        for (int i = 0; i < InterfaceCount; i++)
        {
            if (_interfaces[i]!.Index == index)
                return _interfaces[i];
        }

        return null;
    }

    /// <summary>Lets an endpoint see frames from now on, if it takes any.</summary>
    internal void OnPacketsBound(PacketEndpoint endpoint)
    {
        WatchAll();
        if (endpoint.EtherType != 0)
            TellIfReady();
    }

    internal void Close(PacketEndpoint endpoint)
    {
        if (_packets.Close(endpoint))
            WatchAll();
    }

    private void WatchAll()
    {
        for (int i = 0; i < InterfaceCount; i++)
            _interfaces[i]!.Watch(_packets);
    }
}
