using System.Globalization;

namespace Guest.Rig.Network;

/// <summary>What became of the packets of one run of an echo client, which never sends one twice.</summary>
public sealed record EchoResult
{
    /// <summary>Packets sent.</summary>
    public int Sent { get; set; }

    /// <summary>Replies that equal what was sent, the first of each.</summary>
    public int Echoed { get; set; }

    /// <summary>Packets without a reply in time.</summary>
    public int Lost { get; set; }

    /// <summary>Replies, the first of each, to a packet that counts as lost already.</summary>
    public int Late { get; set; }

    /// <summary>Replies that equal nothing that was sent.</summary>
    public int Altered { get; set; }

    /// <summary>Replies to a packet that had been answered before.</summary>
    public int Duplicated { get; set; }

    /// <summary>Whether every packet came back once and unchanged.</summary>
    public bool Perfect => Echoed == Sent && Lost == 0 && Altered == 0 && Duplicated == 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Sent} sent, {Echoed} echoed, {Lost} lost, {Late} of them late, {Altered} altered, {Duplicated} duplicated");
}
