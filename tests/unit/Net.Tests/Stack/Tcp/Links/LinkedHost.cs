using System;
using System.Collections.Concurrent;
using Guest.Core.Randomness;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack.Tcp.Links;

/// <summary>A stack of ours at one end of a simulated link, and what its application does in each turn.</summary>
internal sealed class LinkedHost
{
    // Hosted, the memory of pools is never given back: one whose buffers are all there serves the next host.
    private static readonly ConcurrentDictionary<int, ConcurrentBag<PacketPool>> s_pools = new();

    private readonly IpAddress _address;

    public LinkedHost(string name, int number, ulong seed, bool ipv6 = false, int buffers = 1024, int mtu = 1500)
    {
        Pool = s_pools.GetOrAdd(buffers, static _ => []).TryTake(out PacketPool? used) ? used : new PacketPool(buffers);
        Device = new FakeDevice(Pool) { Name = name, Address = new MacAddress(0x0200_0000_0000 + (ulong)number), Mtu = mtu };
        Stack = new NetworkStack(new TimerQueue(), new RandomGenerator(seed + (ulong)number));
        IpAddress address = Frames.Ip($"10.0.0.{number}");
        InterfaceConfiguration configuration = InterfaceConfiguration.Fixed(new IpPrefix(address, 24));
        Interface = Stack.AddInterface(Device, Pool, ipv6 ? configuration.With(Ipv6Configuration.Automatic) : configuration, Instant.Zero);
        _address = ipv6 ? default : address;
    }

    public PacketPool Pool { get; }

    public FakeDevice Device { get; }

    public NetworkStack Stack { get; }

    public NetworkInterface Interface { get; }

    /// <summary>The address that others connect to; of IPv6, once the link was asked whether it is free.</summary>
    public IpAddress Address => _address.IsIpv4 ? _address : Interface.LinkLocalAddress;

    /// <summary>Any address of the version that is tested.</summary>
    public IpAddress Any => _address.IsIpv4 ? IpAddress.AnyIpv4 : default;

    /// <summary>What the application does after each pass.</summary>
    public Action? Turn { get; set; }

    /// <summary>Lets another host have the pool, all of whose buffers are there.</summary>
    public void GiveBackPool()
    {
        Assert.Equal((Pool.Count, Pool.KeepLimit), (Pool.Available, Pool.KeepRoom));
        Pool.CheckPoison();
        s_pools[Pool.Count].Add(Pool);
    }

    public Instant Earliest => Stack.Timers.Earliest;

    /// <summary>Does what the run loop does until nothing more is to be done now.</summary>
    public void Run(Instant now)
    {
        do
        {
            Interface.Poll(now);
            Stack.Timers.Fire(now);
            Turn?.Invoke();
        }
        while (!Interface.Arm());
        Interface.Poll(now);
    }
}
