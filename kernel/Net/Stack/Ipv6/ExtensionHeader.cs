using System;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>The headers that extend IPv6's (RFC 8200, 4): how long they are, and what they ask of a host that forwards nothing.</summary>
internal static class ExtensionHeader
{
    private const int Unit = 8;
    private const int MostExtensions = 8;

    /// <summary>The most options of one header that are looked at; whoever sends more is not honest (RFC 8504, 5.3).</summary>
    private const int MostOptions = 8;

    /// <summary>The length of a header of options or of a routing header, in bytes; 0 if the packet ends before it does.</summary>
    public static int LengthOf(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Unit)
            return 0;
        int length = (packet[1] + 1) * Unit;
        return length <= packet.Length ? length : 0;
    }

    /// <summary>Looks at options (RFC 8200, 4.2): the first two bits of one that is not known say what to do.</summary>
    /// <param name="header">The header.</param>
    /// <param name="problemAt">Where in it the option is that was not known.</param>
    public static ExtensionVerdict JudgeOptions(ReadOnlySpan<byte> header, out int problemAt)
    {
        const byte Pad1 = 0;
        const byte PadN = 1;
        problemAt = 2;
        int count = 0;
        while (problemAt < header.Length)
        {
            byte type = header[problemAt];
            if (type == Pad1)
            {
                problemAt++;
                continue;
            }

            if (problemAt + 2 > header.Length || problemAt + 2 + header[problemAt + 1] > header.Length)
                return ExtensionVerdict.Drop;
            if (type >> 6 != 0)
            {
                return (type >> 6) switch
                {
                    1 => ExtensionVerdict.Drop,
                    2 => ExtensionVerdict.UnknownOption,
                    _ => ExtensionVerdict.UnknownOptionOfOne,
                };
            }

            if (type != PadN && ++count > MostOptions)
                return ExtensionVerdict.Drop;
            problemAt += 2 + header[problemAt + 1];
        }

        return ExtensionVerdict.Fine;
    }

    /// <summary>Looks at a routing header: one that wants to go on is refused, of whatever type (RFC 8200, 4.4; RFC 5095).</summary>
    /// <inheritdoc cref="JudgeOptions"/>
    public static ExtensionVerdict JudgeRouting(ReadOnlySpan<byte> header, out int problemAt)
    {
        const int TypeOffset = 2;
        const int SegmentsLeftOffset = 3;
        problemAt = TypeOffset;
        return header[SegmentsLeftOffset] == 0 ? ExtensionVerdict.Fine : ExtensionVerdict.BadField;
    }

    /// <summary>Whether a datagram's first fragment has all headers up to the ports.</summary>
    /// <param name="packet">What stands behind the fragment header.</param>
    /// <param name="next">What it begins with.</param>
    public static bool AreComplete(ReadOnlySpan<byte> packet, IpProtocol next)
    {
        for (int count = 0; count < MostExtensions; count++)
        {
            if (next is not (IpProtocol.DestinationOptions or IpProtocol.Routing or IpProtocol.HopByHopOptions))
                return packet.Length >= UdpHeader.Size;
            int length = LengthOf(packet);
            if (length == 0)
                return false;
            next = (IpProtocol)packet[0];
            packet = packet[length..];
        }

        return false;
    }
}
