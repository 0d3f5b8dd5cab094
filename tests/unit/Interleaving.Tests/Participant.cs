using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Guest.Interleaving.Tests;

/// <summary>One of the two sides, on a thread that runs only when it is told to, and then up to its next access to shared memory.</summary>
internal sealed class Participant
{
    private readonly SemaphoreSlim _go = new(0);
    private readonly SemaphoreSlim _back = new(0);
    private readonly List<PendingStore> _stores = [];
    private readonly Thread _thread;
    private bool _isAborted;
    private bool _isAsleep;
    private bool _isWoken;

    public Participant(Action<Participant> work)
    {
        _thread = new Thread(() => Live(work)) { IsBackground = true };
        _thread.Start();
    }

    public bool IsDone { get; private set; }

    /// <summary>What it threw.</summary>
    public Exception? Problem { get; private set; }

    /// <summary>Whether it sleeps, and nobody has woken it.</summary>
    public bool Sleeps => _isAsleep && !_isWoken;

    public bool CanRun => !IsDone && !Sleeps;

    public bool HasStores => _stores.Count > 0;

    /// <summary>Runs it up to its next access.</summary>
    public void Run()
    {
        _go.Release();
        _back.Wait();
    }

    /// <summary>Lets its oldest store be seen.</summary>
    public void Drain()
    {
        _stores[0].Apply();
        _stores.RemoveAt(0);
    }

    /// <summary>An interrupt, or a notification.</summary>
    public void Wake() => _isWoken = true;

    /// <summary>Waits to be woken; what woke it before it slept counts.</summary>
    public void Sleep()
    {
        _isAsleep = true;
        Yield();
        _isAsleep = false;
        _isWoken = false;
    }

    public void Yield()
    {
        _back.Release();
        _go.Wait();
        if (_isAborted)
            throw new AbortedException();
    }

    public void Store(PendingStore store) => _stores.Add(store);

    /// <summary>A processor sees its own stores at once.</summary>
    public bool TryForward(nint address, out ulong bits)
    {
        PendingStore store = _stores.LastOrDefault(store => store.Address == address);
        bits = store.Bits;
        return store.Size != 0;
    }

    public void End()
    {
        if (!IsDone)
        {
            _isAborted = true;
            Run();
        }

        _thread.Join();
    }

    private void Live(Action<Participant> work)
    {
        SharedMemory.Self = this;
        _go.Wait();
        try
        {
            if (!_isAborted)
                work(this);
        }
        catch (AbortedException)
        {
        }
        catch (Exception problem)
        {
            Problem = problem;
        }

        IsDone = true;
        _back.Release();
    }

    private sealed class AbortedException : Exception;
}
