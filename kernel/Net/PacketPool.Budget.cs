using System;
using System.Runtime.CompilerServices;

namespace Guest.Net;

/// <summary>How many buffers may be kept: by sockets whose datagrams nobody has read yet, by datagrams whose fragments have not all come, and by streams.</summary>
/// <remarks>
/// Half of a pool may stand in a device's receive ring. Of the rest an eighth of the pool is never kept, so that there is always something to send
/// and to receive with. Who keeps may have twice as much as is left for others (the dynamic thresholds of Choudhury and Hahne,
/// 1998): a single one gets two thirds of the limit, of many each gets less, and none can take what a newcomer needs.
/// </remarks>
public sealed partial class PacketPool
{
    /// <summary>Buffers that are left to control traffic (ARP, DHCP, ICMP) by applications that send.</summary>
    internal int ControlReserve { get; }

    private const int MostReserve = 4;
    private const int ReserveShare = 16;
    private const int ShareOfOthers = 2;
    private const int StreamsExpected = 8;

    /// <summary>The most buffers that may be kept at once.</summary>
    internal int KeepLimit { get; }

    /// <summary>How many more may be kept now.</summary>
    internal int KeepRoom { get; private set; }

    /// <summary>Asks to keep one buffer, and counts it if that may be.</summary>
    /// <param name="own">How many the asker keeps already.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryKeep(int own)
    {
        int room = KeepRoom;
        if (own >= room * ShareOfOthers)
            return false;
        KeepRoom = room - 1;
        return true;
    }

    /// <summary>Asks to keep several buffers, and counts them if that may be.</summary>
    internal bool TryKeep(int own, int buffers)
    {
        if (buffers > KeepRoom || own + buffers > KeepRoom * ShareOfOthers)
            return false;
        KeepRoom -= buffers;
        return true;
    }

    /// <summary>How many buffers are kept by what was sent and is not acknowledged.</summary>
    internal int KeptToSend { get; private set; }

    // Of what may be kept, the most that is kept to send, and the most that is kept received, by streams: each leaves the other the rest. Or two hosts whose
    // senders have all would wait for each other's receivers.
    private int StreamLimit => KeepLimit - (int)((uint)KeepLimit / 4);

    private int LastQuarter => (int)((uint)StreamLimit / 4);

    /// <summary>Of what streams may keep in a direction, the last eighth is for those that keep nothing yet: one buffer each.</summary>
    internal int FirstBuffersReserve => StreamLimit / 8;

    /// <summary>How many more buffers streams may keep to send.</summary>
    internal int RoomToSend => Math.Min(KeepRoom, StreamLimit - KeptToSend);

    /// <summary>How many more buffers streams may keep received.</summary>
    internal int RoomToReceive => Math.Min(KeepRoom, StreamLimit - (KeepLimit - KeepRoom - KeptToSend));

    /// <summary>Told when somebody asks for what is reserved for first buffers: those who keep theirs for nothing are to give them back.</summary>
    internal Action? StreamsAreShort { private get; set; }

    // Of the last quarter each stream may have an eighth of what is above the reserve: what a peer does not read or acknowledge cannot be dropped for a newcomer.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool MayKeepOfLastQuarter(int own, int buffers, int room)
    {
        int aboveReserve = room - FirstBuffersReserve;
        if (aboveReserve <= 0)
            StreamsAreShort?.Invoke();
        return buffers <= room && own + buffers <= Math.Max(aboveReserve / StreamsExpected, 1);
    }

    /// <summary>Asks to keep one buffer of a stream until it is acknowledged, and counts it if that may be.</summary>
    /// <param name="own">How many the asker keeps so already.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryKeepToSend(int own)
    {
        int room = RoomToSend;
        if (room <= LastQuarter && !MayKeepOfLastQuarter(own, 1, room))
            return false;
        KeptToSend++;
        KeepRoom--;
        return true;
    }

    /// <summary>Says that a buffer is not kept to send any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EndKeepingToSend()
    {
        KeptToSend--;
        EndKeeping(1);
    }

    /// <summary>Asks to keep buffers of a stream until they are read, and counts them if that may be.</summary>
    /// <param name="own">How many the asker keeps so already.</param>
    /// <param name="buffers">How many.</param>
    internal bool TryKeepReceived(int own, int buffers)
    {
        int room = RoomToReceive;
        if (room <= LastQuarter ? !MayKeepOfLastQuarter(own, buffers, room) : buffers > room)
            return false;
        KeepRoom -= buffers;
        return true;
    }

    /// <summary>Says that buffers are kept no more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EndKeeping(int buffers) => KeepRoom += buffers;

    private static int ReserveFor(int count) => Math.Min(count / ReserveShare, MostReserve);

    private static int LimitFor(int count) => Math.Max(count * 3 / 8, 1);
}
