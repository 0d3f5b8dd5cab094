using System;
using System.Buffers.Binary;
using Guest.Core.Randomness;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The last half of addresses that this host chooses (RFC 7217): the same for a prefix as long as the machine runs, another for another
/// prefix, and nothing that tells of the card.</summary>
/// <remarks>The secret is made at boot, for the machine keeps nothing: the next boot chooses others.</remarks>
internal sealed class InterfaceIdentifier
{
    // RFC 2526, 2: the last 128 of a prefix are for anycast.
    private const ulong FirstReserved = 0xfdff_ffff_ffff_ff80;

    private readonly byte[] _secret = new byte[ChaCha20.KeySize];

    /// <summary>Makes the secret.</summary>
    public InterfaceIdentifier(RandomGenerator random) => random.Fill(_secret);

    /// <summary>Chooses an address.</summary>
    /// <param name="network">The first half.</param>
    /// <param name="interfaceNumber">What tells the card from others of this host: its link address.</param>
    /// <param name="conflicts">How many of the choices before another host had.</param>
    public IpAddress Choose(ulong network, ulong interfaceNumber, int conflicts)
    {
        // A block under the secret gives the card its key; a block under that, of prefix and count, the identifier.
        Span<byte> nonce = stackalloc byte[ChaCha20.NonceSize];
        Span<byte> block = stackalloc byte[ChaCha20.BlockSize];
        Span<byte> key = stackalloc byte[ChaCha20.KeySize];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, interfaceNumber);
        ChaCha20.Block(_secret, 0, nonce, block);
        block[..ChaCha20.KeySize].CopyTo(key);
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, network);
        ulong identifier;
        uint counter = (uint)conflicts << 8;
        do
        {
            ChaCha20.Block(key, counter++, nonce, block);
            identifier = BinaryPrimitives.ReadUInt64LittleEndian(block);
        }
        while (identifier is 0 or >= FirstReserved);
        return new IpAddress(network, identifier);
    }
}
