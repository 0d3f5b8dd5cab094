using System;
using Guest.Core.Time;
using Guest.Pv.Tests.Xen;
using Guest.Pv.Xen;

namespace Guest.Fuzz.Inputs;

/// <summary>Xen's store against a daemon that answers by the input. A record: what the guest asks, how the daemon answers, and the answer's bytes.</summary>
internal sealed class StoreTarget() : InputTarget("xenstore", "answers of Xen's store, and its ring")
{
    private const int MostBody = 600;
    private const int LongestCallSeconds = 60;

    public override byte[][] Words => ["ENOENT\0"u8.ToArray(), "EAGAIN\0"u8.ToArray(), "EEXIST\0"u8.ToArray(), "OK\0"u8.ToArray(), "device\0"u8.ToArray(), "0\0"u8.ToArray(), "4294967295"u8.ToArray()];

    public override byte[][] Seeds =>
    [
        [.. Record(0, 0, "4"u8), .. Record(1, 0, "0\01\0"u8), .. Record(2, 0, "OK\0"u8), .. Record(3, 0, "65535"u8)],
        [.. Record(4, 0, "OK\0"u8), .. Record(6, 16, "device\00\0"u8), .. Record(6, 0, ""u8), .. Record(0, 1, "ENOENT\0"u8)],
        [.. Record(5, 0, "7\0"u8), .. Record(5, 1, "EAGAIN\0"u8)],
        [.. Record(0, 2, "x"u8), .. Record(0, 4, "x"u8), .. Record(0, 8, "x"u8), .. Record(0, 32, "x"u8), .. Record(0, 64, "x"u8)],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        FakeXen xen = new();
        ScriptedStore far = new(xen);
        XenStore store = xen.Domain.Store!;
        XenStoreWatch? watch = null;
        byte[] value = new byte[200];
        InputReader reader = new(input);
        while (!reader.AtEnd)
        {
            int what = reader.Byte() % 8;
            far.How = (AnswerWays)reader.Byte();
            far.Body = reader.Take(Math.Min(reader.Word(), MostBody)).ToArray();
            bool broken = store.Broken;
            Instant before = xen.Domain.Now;
            XenStoreStatus status = Ask(store, what, value, ref watch);
            Assert.False(broken && status == XenStoreStatus.Done, "a store that is not used any more was used");
            Assert.True(xen.Domain.Now - before < Duration.FromSeconds(LongestCallSeconds), "a call does not end in time");
            if (what >= 6)
                far.Push();
            xen.Domain.Events.Dispatch();
            store.TakeEvents();
        }
    }

    private static XenStoreStatus Ask(XenStore store, int what, byte[] value, ref XenStoreWatch? watch)
    {
        XenStoreStatus status;
        int length = 0;
        switch (what)
        {
            case 0:
                status = store.Read($"a", value, out length);
                break;
            case 1:
                status = store.List($"device", value, out length);
                break;
            case 2:
                status = store.Write($"device/vif/{0}/state", $"{4}");
                break;
            case 3:
                status = store.ReadNumber($"a", out _);
                break;
            case 4 when watch is null:
                status = store.Watch($"device", out watch);
                if (status != XenStoreStatus.Done)
                    watch = null;
                break;
            case 4:
                status = store.Unwatch($"device", watch!);
                watch = null;
                break;
            case 5:
                status = store.Transact((inner, transaction) => inner.Write($"a", $"1", transaction) == XenStoreStatus.Done);
                break;
            default:
                return XenStoreStatus.Refused;
        }

        Assert.InRange(length, 0, value.Length);
        return status;
    }

    private static byte[] Record(byte what, byte how, ReadOnlySpan<byte> body) => [what, how, (byte)body.Length, (byte)(body.Length >> 8), .. body];
}
