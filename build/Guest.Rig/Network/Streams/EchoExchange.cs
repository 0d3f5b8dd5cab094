using System;
using System.Globalization;

namespace Guest.Rig.Network.Streams;

/// <summary>Bytes that are expected back (RFC 862), each time others.</summary>
/// <param name="size">How many.</param>
/// <param name="seed">Which: no two exchanges of one client have the same.</param>
public sealed class EchoExchange(int size, int seed) : StreamExchange
{
    private readonly Random _random = new(seed);
    private readonly byte[] _payload = new byte[size];
    private int _returned;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Ask()
    {
        _random.NextBytes(_payload);
        _returned = 0;
        return _payload;
    }

    /// <inheritdoc/>
    public override bool Take(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _payload.Length - _returned || !bytes.SequenceEqual(_payload.AsSpan(_returned, bytes.Length)))
            throw Wrong(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes behind {_returned} of {_payload.Length}"));
        _returned += bytes.Length;
        return _returned == _payload.Length;
    }
}
