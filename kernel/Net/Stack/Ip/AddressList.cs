using System;
using System.Runtime.CompilerServices;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The first few addresses of a list, the servers of one kind: those that come later are left out.</summary>
public struct AddressList
{
    /// <summary>The addresses that there is room for.</summary>
    public const int Capacity = 4;

    private Addresses _addresses;

    /// <summary>The number of addresses.</summary>
    public int Count { get; private set; }

    /// <summary>An address, in the order in which they were named.</summary>
    public readonly IpAddress this[int index] => index < Count ? _addresses[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>The first address; <c>default</c> if there is none.</summary>
    public readonly IpAddress First => Count == 0 ? default : _addresses[0];

    /// <summary>Adds an address, if there is room for it.</summary>
    public void Add(IpAddress address)
    {
        if (Count < Capacity)
            _addresses[Count++] = address;
    }

    [InlineArray(Capacity)]
    private struct Addresses
    {
        private IpAddress _first;
    }
}
