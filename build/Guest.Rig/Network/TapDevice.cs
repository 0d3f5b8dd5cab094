using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Guest.Rig.Network;

/// <summary>A tap device of the network namespace that the thread is in: frames that Linux sends are read, frames that are written arrive at Linux.</summary>
public sealed partial class TapDevice : IDisposable
{
    // linux/if_tun.h: TUNSETIFF, IFF_TAP and IFF_NO_PI; linux/if.h: ifreq is a name of 16 bytes and the flags.
    private const nuint SetInterface = 0x4004_54ca;
    private const ushort Flags = 0x1002;
    private const int NameLength = 16;
    private const int RequestLength = 40;

    private readonly FileStream _stream;

    private TapDevice(SafeFileHandle handle) => _stream = new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0);

    /// <summary>Takes the far side of one that is there, which nobody has.</summary>
    public static TapDevice Open(string name)
    {
        SafeFileHandle handle = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        byte[] request = new byte[RequestLength];
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(NameLength), Flags);
        if (Control((int)handle.DangerousGetHandle(), SetInterface, request) == 0)
            return new TapDevice(handle);
        string message = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
        handle.Dispose();
        throw new RigException($"tap {name}: {message}");
    }

    /// <summary>Waits for a frame.</summary>
    /// <returns>Its length.</returns>
    /// <exception cref="IOException">The device is gone.</exception>
    public int Read(Span<byte> frame) => _stream.Read(frame);

    /// <summary>Lets a frame arrive.</summary>
    public void Write(ReadOnlySpan<byte> frame) => _stream.Write(frame);

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request, byte[] argument);
}
