using System;
using System.Threading;

namespace Guest.Fuzz;

/// <summary>Ends the process when what is under way does not end.</summary>
internal sealed class Watchdog
{
    private const int MostSeconds = 20;

    private long _count;

    public Watchdog()
    {
        new Thread(Watch) { IsBackground = true }.Start();
    }

    /// <summary>The next piece of work begins.</summary>
    public void Restart() => Volatile.Write(ref _count, _count + 1);

    private void Watch()
    {
        long last = -1;
        for (int same = 0; same < MostSeconds; Thread.Sleep(1000))
        {
            long now = Volatile.Read(ref _count);
            same = now == last ? same + 1 : 0;
            last = now;
        }

        Environment.Exit(Supervisor.Hung);
    }
}
