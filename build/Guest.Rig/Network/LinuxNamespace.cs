using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Guest.Rig.Network;

/// <summary>Linux's setns(2), which has no face in the BCL.</summary>
internal static partial class LinuxNamespace
{
    // CLONE_NEWNET of linux/sched.h.
    private const int NewNetwork = 0x4000_0000;

    /// <summary>Moves the calling thread, which must not be a pooled one, into the network namespace that a file names.</summary>
    public static void Enter(string path)
    {
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        bool added = false;
        handle.DangerousAddRef(ref added);
        try
        {
            if (SetNamespace((int)handle.DangerousGetHandle(), NewNetwork) != 0)
                throw new RigException($"setns({path}): {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
        finally
        {
            if (added)
                handle.DangerousRelease();
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
