using System;
using Guest.Core.Randomness;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack.Tcp.Links;

/// <summary>A stack of ours at one end of a simulated link, and what its application does in each turn.</summary>
internal sealed class LinkedHost
{
    public LinkedHost(string name, int number, ulong seed, int buffers = 1024, int mtu = 1500)
    {
        Pool = new PacketPool(buffers);
        Device = new FakeDevice(Pool) { Name = name, Address = new MacAddress(0x0200_0000_0000 + (ulong)number), Mtu = mtu };
        Stack = new NetworkStack(new TimerQueue(), new RandomGenerator(seed + (ulong)number));
        Address = Frames.Ip($"10.0.0.{number}");
        Interface = Stack.AddInterface(Device, Pool, InterfaceConfiguration.Fixed(new IpPrefix(Address, 24)), Instant.Zero);
    }

    public PacketPool Pool { get; }

    public FakeDevice Device { get; }

    public NetworkStack Stack { get; }

    public NetworkInterface Interface { get; }

    public IpAddress Address { get; }

    /// <summary>What the application does after each pass.</summary>
    public Action? Turn { get; set; }

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
