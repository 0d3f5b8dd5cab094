using System;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>How an interface comes to its IPv6 addresses, and loses them (RFC 4862): one for the link, one for each prefix that is advertised, or a
/// given one; none before the link was asked whether another host has it.</summary>
internal sealed class AddressConfiguration
{
    private const ulong LinkLocalNetwork = 0xfe80_0000_0000_0000;
    private const int ChosenPrefix = 64;

    /// <summary>How long the link is given to object (RFC 4862, 5.1: RetransTimer).</summary>
    private const int ProbeMilliseconds = 1000;

    /// <summary>Within what time the first question is asked, so that machines that start together do not ask together (RFC 4861, 10).</summary>
    private const uint FirstProbeMilliseconds = 1000;

    /// <summary>How many other addresses are tried in the place of one that another host has (RFC 7217, 6: IDGEN_RETRIES).</summary>
    private const int MostConflicts = 3;

    /// <summary>No advertisement makes an address last less than this, if it lasted longer (RFC 4862, 5.5.3 e): anybody can send one.</summary>
    private static readonly Duration s_leastValid = Duration.FromSeconds(7200);
    private static readonly Duration s_retry = Duration.FromMilliseconds(100);

    private readonly Ipv6Layer _ipv6;
    private readonly NetworkInterface _interface;
    private readonly NetworkStack _stack;
    private readonly Timer _timer;

    /// <summary>Makes that of an interface.</summary>
    public AddressConfiguration(Ipv6Layer ipv6, NetworkInterface owner, NetworkStack stack)
    {
        _ipv6 = ipv6;
        _interface = owner;
        _stack = stack;
        _timer = new Timer(stack.Timers, OnTimer);
    }

    private AddressTable Addresses => _ipv6.Addresses;

    /// <summary>Begins on a link: with the address that is good there, and the given one.</summary>
    public void Begin(IpPrefix given, Instant now)
    {
        Instant first = now + Duration.FromMilliseconds((int)_stack.Random.NextBelow(FirstProbeMilliseconds));
        Choose(LinkLocalNetwork, conflicts: 0, Instant.Never, Instant.Never, first);
        if (!given.Address.IsUnspecified)
            Add(given, isOpaque: false, conflicts: 0, Instant.Never, Instant.Never, first);
    }

    /// <summary>Forgets all addresses: the link went.</summary>
    public void End()
    {
        for (int i = 0; i < AddressTable.Capacity; i++)
            Addresses[i].State = AddressState.Free;
        _timer.Stop();
    }

    /// <summary>Takes a prefix that is advertised for addresses to be made of (RFC 4862, 5.5.3).</summary>
    /// <param name="prefix">A prefix of 64 bits.</param>
    /// <param name="valid">How long its addresses may be used.</param>
    /// <param name="preferred">How long new conversations may begin with them; not longer.</param>
    /// <param name="now">The time.</param>
    public void OnPrefix(IpPrefix prefix, Duration valid, Duration preferred, Instant now)
    {
        for (int i = 0; i < AddressTable.Capacity; i++)
        {
            InterfaceAddress address = Addresses[i];
            if (address.State != AddressState.Free && address.IsOpaque && prefix.Contains(address.Address))
            {
                Prolong(address, valid, preferred, now);
                return;
            }
        }

        if (valid.Nanoseconds != 0)
            Choose(prefix.Address.High, conflicts: 0, now + valid, now + preferred, now);
    }

    /// <summary>Another host has, or wants, an address that this host has asked for (RFC 4862, 5.4.5; RFC 7217, 6).</summary>
    public void OnConflict(InterfaceAddress address, MacAddress other, Instant now)
    {
        Span<byte> text = stackalloc byte[IpAddress.TextCapacity];
        Span<byte> link = stackalloc byte[MacAddress.TextCapacity];
        Log.Warn(_interface.Name, $"address conflict: {other.Format(link)} has {address.Address.Format(text)}; it is not used");
        address.State = AddressState.Free;
        if (address.IsOpaque && address.Conflicts < MostConflicts)
            Choose(address.Address.High, address.Conflicts + 1, address.ValidUntil, address.PreferredUntil, now);
    }

    private void Choose(ulong network, int conflicts, Instant validUntil, Instant preferredUntil, Instant due)
    {
        IpAddress address = _ipv6.Identifiers.Choose(network, _interface.LinkAddress.Bits, conflicts);
        Add(new IpPrefix(address, ChosenPrefix), isOpaque: true, conflicts, validUntil, preferredUntil, due);
    }

    private void Add(IpPrefix prefix, bool isOpaque, int conflicts, Instant validUntil, Instant preferredUntil, Instant due)
    {
        if (Addresses.Free is not { } address)
            return;
        address.Prefix = prefix;
        address.State = AddressState.Tentative;
        address.IsOpaque = isOpaque;
        address.Conflicts = conflicts;
        address.ValidUntil = validUntil;
        address.PreferredUntil = preferredUntil;
        address.Probes = 0;
        address.Due = due;
        _timer.StartBy(due);
    }

    private void Prolong(InterfaceAddress address, Duration valid, Duration preferred, Instant now)
    {
        Instant until = now + valid;
        if (valid > s_leastValid || until > address.ValidUntil)
            address.ValidUntil = until;
        else if (address.ValidUntil > now + s_leastValid)
            address.ValidUntil = now + s_leastValid;
        address.PreferredUntil = now + preferred;
        if (address.State == AddressState.Deprecated && preferred.Nanoseconds != 0)
            SetState(address, AddressState.Preferred);
        OnTimer(now);
    }

    private void OnTimer(Instant now)
    {
        for (int i = 0; i < AddressTable.Capacity; i++)
        {
            InterfaceAddress address = Addresses[i];
            if (address.State == AddressState.Free)
                continue;
            if (address.ValidUntil <= now)
            {
                SetState(address, AddressState.Free);
                continue;
            }

            if (address.State == AddressState.Tentative && address.Due <= now)
                Advance(address, now);
            if (address.State == AddressState.Preferred && address.PreferredUntil <= now)
                SetState(address, AddressState.Deprecated);
            if (address.State == AddressState.Tentative)
                _timer.StartBy(address.Due);
            else if (address.State == AddressState.Preferred)
                _timer.StartBy(address.PreferredUntil);
            _timer.StartBy(address.ValidUntil);
        }
    }

    // One question, and as long an ear for who objects as for an answer (RFC 4862, 5.4: DupAddrDetectTransmits is 1).
    private void Advance(InterfaceAddress address, Instant now)
    {
        if (address.Probes != 0)
        {
            SetState(address, AddressState.Preferred);
            _ipv6.OnAddress(address, now);
            return;
        }

        // The group is joined first, so that switches let the objection through.
        _ipv6.Listeners.OnChange(now);
        if (_ipv6.Discovery.Probe(address.Address))
        {
            address.Probes++;
            address.Due = now + Duration.FromMilliseconds(ProbeMilliseconds);
        }
        else
        {
            address.Due = now + s_retry;
        }
    }

    private void SetState(InterfaceAddress address, AddressState state)
    {
        address.State = state;
        _interface.InvalidateDestinations();
    }
}
