using System;
using System.IO;
using System.Threading;

namespace Guest.Rig.Host;

/// <summary>Lets one process at a time make something that several need.</summary>
public static class FileLock
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    /// <summary>Waits until nobody else holds a lock, and holds it until it is disposed of, or this process ends.</summary>
    /// <param name="path">A file that means the lock; it is made where there is none.</param>
    public static IDisposable Hold(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        long deadline = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held)
            {
                if (Lifeline.IsCut || Environment.TickCount64 > deadline)
                    throw new RigException($"Another process held {path} for too long ({held.Message}).", held);
                Thread.Sleep(50);
            }
        }
    }
}
