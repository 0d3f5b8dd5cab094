using System;
using Guest.Pv.Xen;
using Guest.Storage.Devices;

namespace Guest.Storage;

/// <summary>The disks of Xen's bus, from when they are attached until they are detached.</summary>
/// <remarks>A disk that no application has opened is let go of at once when it is detached. One that was opened is expected back: requests wait for
/// it as for any back end that restarts, and its front end serves no other. Of these there are at most <see cref="MostAway"/>;
/// the one that has been away for longest goes first.</remarks>
internal sealed class XenDisks(DiskSet found)
{
    private const int MostAway = 4;

    private readonly BlkFront?[] _away = new BlkFront?[MostAway + 1];
    private BlkFront[] _frontends = new BlkFront[4];
    private int _count;
    private int _awayCount;

    /// <summary>Whether disks are offered as they become ready; before, whoever starts the machine adds them in its order.</summary>
    public bool Offers { get; set; }

    /// <summary>Makes one more front end. When its disk is detached, the bus uses it for the next.</summary>
    public BlkFront New(XenDomain domain, int index)
    {
        if (_count == _frontends.Length)
            Array.Resize(ref _frontends, _count * 2);
        BlkFront disk = new(domain, index, string.Concat("blkfront", _count.ToString()))
        {
            BecameReady = OnReady,
            BecameAnother = OnAnother,
            OthersMakeRoom = TryMakeRoom,
        };
        _frontends[_count++] = disk;
        return disk;
    }

    /// <summary>A disk was detached.</summary>
    public void OnDetached(XenFrontend frontend)
    {
        if (frontend is not BlkFront disk)
            return;
        if (found.Find(disk) is not { Opened.First: not null })
        {
            Release(disk);
            return;
        }

        ForgetAway(disk);
        _away[_awayCount++] = disk;
        if (_awayCount > MostAway)
            Release(_away[0]!);
    }

    private void OnReady(BlkFront disk)
    {
        ForgetAway(disk);
        if (Offers && !found.Contains(disk))
            found.Add(disk);
    }

    /// <summary>What waits was meant for the disk that was here before: it ends, and this one is a new disk.</summary>
    private void OnAnother(BlkFront disk)
    {
        if (!Offers)
            return;
        found.Remove(disk);
        disk.BeginAnew();
    }

    private void Release(BlkFront disk)
    {
        ForgetAway(disk);
        found.Remove(disk);
        disk.IsReleased = true;
    }

    private void ForgetAway(BlkFront disk)
    {
        int index = 0;
        while (index < _awayCount && _away[index] != disk)
            index++;
        if (index == _awayCount)
            return;
        _awayCount--;
        Array.Copy(_away, index + 1, _away, index, _awayCount - index);
        _away[_awayCount] = null;
    }

    /// <summary>Has disks other than the one that asks give up grants that they do not need now.</summary>
    private bool TryMakeRoom(BlkFront asker)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_frontends[i] != asker && _frontends[i].TryEvict())
                return true;
        }

        return false;
    }
}
