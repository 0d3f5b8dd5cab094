using System;
using System.Collections.Generic;
using System.Threading;

namespace Guest.Core.Tests.Fakes;

/// <summary>Starts the kernel's threads for a test, and ends it if one of them fails: an exception on a thread's own stack would end the test program.</summary>
internal sealed class TestThreads
{
    private readonly List<Thread> _started = [];
    private Exception? _failure;

    public Thread Start(Action body)
    {
        Thread thread = new(() =>
        {
            try
            {
                body();
            }
            catch (Exception failure)
            {
                _failure ??= failure;
            }
        });
        _started.Add(thread);
        thread.Start();
        return thread;
    }

    /// <summary>Waits until all have ended, those too that they start meanwhile.</summary>
    public void JoinAll()
    {
        for (int i = 0; i < _started.Count; i++)
            _started[i].Join();
        Assert.Null(_failure);
    }
}
