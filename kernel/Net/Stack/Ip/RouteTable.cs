using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The networks that an interface leads to: its own, those behind routers, and the default route.</summary>
/// <remarks>A router need not lie in the interface's own network: clouds give out addresses with a mask of /32. It is on the link all the
/// same, and asked for there. Looked up where a <see cref="Destination"/> is prepared, not for each packet.</remarks>
internal sealed class RouteTable
{
    /// <summary>The routes that there is room for.</summary>
    public const int Capacity = 64;

    private readonly Route[] _routes = new Route[Capacity];

    /// <summary>The number of routes.</summary>
    public int Count { get; private set; }

    /// <summary>A route, the most specific first.</summary>
    public Route this[int index] => _routes[index];

    /// <summary>The router of the default route; <c>default</c> if there is none.</summary>
    public IpAddress Gateway =>
        Count != 0 && _routes[Count - 1] is { Network.Length: 0, Router.IsUnspecified: false } last ? last.Router : default;

    /// <summary>Forgets every route.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a route. Of two to the same network the first one stays in front. The default route takes the place of the least specific one if
    /// there is no other: most of the world is behind it.</summary>
    /// <returns>False if a route was left out because there is no room.</returns>
    public bool TryAdd(Route route)
    {
        if (Count == Capacity)
        {
            if (route.Network.Length == 0 && _routes[Count - 1].Network.Length != 0)
                _routes[Count - 1] = route;
            return false;
        }

        int at = Count++;
        for (; at > 0 && _routes[at - 1].Network.Length < route.Network.Length; at--)
            _routes[at] = _routes[at - 1];
        _routes[at] = route;
        return true;
    }

    /// <summary>Finds the most specific route to an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="nextHop">Whose link address is asked for: the router's, or the address's own.</param>
    /// <param name="prefixLength">How specific the route is.</param>
    public bool TryFind(IpAddress address, out IpAddress nextHop, out int prefixLength)
    {
        for (int i = 0; i < Count; i++)
        {
            if (!_routes[i].Network.Contains(address))
                continue;
            nextHop = !_routes[i].Router.IsUnspecified ? _routes[i].Router : address;
            prefixLength = _routes[i].Network.Length;
            return true;
        }

        nextHop = default;
        prefixLength = 0;
        return false;
    }
}
