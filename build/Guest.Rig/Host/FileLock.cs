using System;
using System.IO;
using System.Threading;

namespace Guest.Rig.Host;

/// <summary>Lets one process at a time make something that several need.</summary>
public static class FileLock
{
    // What flock(2) says of a lock that another holds (EWOULDBLOCK, errno(3)); .NET gives the number as it is.
    private const int HeldByAnother = 11;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    /// <summary>Waits until nobody else holds a lock, and holds it until it is disposed of, or this process ends.</summary>
    /// <param name="path">A file that means the lock; it is made where there is none.</param>
    /// <param name="progress">Told once if somebody has to be waited for.</param>
    /// <exception cref="RigException">The file cannot be made or written, or was held for too long.</exception>
    public static IDisposable Hold(string path, Action<string>? progress = null)
    {
        long deadline = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held) when (held.HResult == HeldByAnother)
            {
                if (Lifeline.IsCut || Environment.TickCount64 > deadline)
                    throw new RigException($"Another process held {path} for too long ({held.Message}).", held);
                progress?.Invoke($"waiting for another process that holds {path}");
                progress = null;
                Thread.Sleep(50);
            }
            catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
            {
                throw new RigException(
                    $"{Path.GetDirectoryName(path)} cannot be written, and what is built goes there: {refusal.Message.TrimEnd('.')}. Make it writable, or work in a copy that is.", refusal);
            }
        }
    }
}
