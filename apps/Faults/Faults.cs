using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Guest.Apps;

/// <summary>Does one forbidden thing, named by its argument, to show what the kernel says of it.</summary>
internal static unsafe class Faults
{
    private static readonly string[] s_kinds = ["null", "stack", "execute", "write-code", "divide", "bounds", "throw", "memory", "exit", "told", "deaf", "unread"];
    private static int s_depth;
    private static byte[]? s_last;

    private static int Main(string[] args)
    {
        string kind = args.Length > 0 ? args[0] : "";
        Console.WriteLine("faults: " + kind);
        switch (kind)
        {
            case "null":
                return *(int*)8;
            case "stack":
                return Recurse(1);
            case "execute":
                return Execute();
            case "write-code":
                *(byte*)(delegate*<int>)&Zero = 0;
                return 1;
            case "divide":
                return 1 / Zero();
            case "bounds":
                return (new int[2])[Zero() + 2];
            case "throw":
                throw new InvalidOperationException("thrown on purpose");
            case "memory":
                return ExhaustMemory();
            case "exit":
                return 7;
            case "told":
                return WaitForTheEnd(() => Console.WriteLine("faults: told of the end"));
            case "deaf":
                return WaitForTheEnd(() => Thread.Sleep(Timeout.Infinite));
            case "unread":
                return EchoBesideUnread();
            default:
                Console.WriteLine("usage: faults " + string.Join("|", s_kinds));
                return 2;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Zero() => 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Recurse(int value)
    {
        s_depth++;
        int below = Recurse(value + 1);
        return below + value;
    }

    private static int Execute()
    {
        byte[] code = [0xc3];
        fixed (byte* address = code)
            ((delegate*<void>)((nint)address & ~2))();
        return 1;
    }

    private static int WaitForTheEnd(Action handler)
    {
        Environment.ExitCode = 9;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => handler();
        Console.WriteLine("faults: waits");
        Thread.Sleep(Timeout.Infinite);
        return 1;
    }

    // Sockets on ports 1000 to 1007 that nobody reads, and an echo on port 7.
    private static int EchoBesideUnread()
    {
        Socket[] unread = new Socket[8];
        for (int i = 0; i < unread.Length; i++)
            unread[i] = Bind(1000 + i);
        Socket echo = Bind(7);
        byte[] buffer = new byte[65_536];
        SocketAddress sender = new(AddressFamily.InterNetwork);
        while (unread.Length != 0)
        {
            int length = echo.ReceiveFrom(buffer, SocketFlags.None, sender);
            echo.SendTo(buffer.AsSpan(0, length), SocketFlags.None, sender);
        }

        return 1;
    }

    private static Socket Bind(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }

    private static int ExhaustMemory()
    {
        for (int mebibytes = 1; ; mebibytes++)
        {
            // Kept where others could see it, or the compiler would leave the allocation out.
            s_last = new byte[1024 * 1024];
            Console.WriteLine("faults: had " + mebibytes.ToString() + " MiB");
        }
    }
}
