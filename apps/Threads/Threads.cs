using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Guest.Apps;

/// <summary>Does what its argument says with several threads, and says when that went as it should; as a Linux process it does the same.</summary>
internal static class Threads
{
    private const int ExitCodeOfThread = 9;
    private const int ExitCodeOfMain = 8;

    // More than there is memory for, if an ended thread's stack did not come back: a stack takes 64 KiB.
    private const int ManyThreads = 5_000;

    // Of the 64 MiB that tests give the machine, the stacks of so many threads take most, and so do so many arrays.
    private const int ThreadsAtOnce = 700;
    private const int Arrays = 288;
    private const int ArrayBytes = 128 << 10;

    // Where the thread that selects echoes.
    private const int FirstPort = 7;
    private const int Ports = 3;

    // What is opened and closed for each line that is typed.
    private const int OpenedThreads = 2_000;
    private const int OpenedSockets = 20_000;

    private static int s_turns;

    private static int Main(string[] args)
    {
        string what = args.Length > 0 ? args[0] : "all";
        Console.WriteLine("threads: " + what);
        switch (what)
        {
            case "all":
                return TryAll();
            case "exit":
                RunForEver(Turn);
                new Thread(() => Environment.Exit(ExitCodeOfThread)).Start();
                Thread.Sleep(Timeout.Infinite);
                return 1;
            case "exit-256":
                Environment.Exit(256);
                return 1;
            case "return":
                RunForEver(Turn);
                Thread.Sleep(20);
                return ExitCodeOfMain;
            case "yield":
                RunForEver(Turn);
                while (true)
                    Turn();
            case "hand-over":
                HandOver(int.MaxValue);
                return 1;
            case "select":
                EchoOnEachPort();
                return 1;
            case "open":
                while (Console.ReadLine() is { Length: > 0 })
                {
                    OpenAndClose();
                    Console.WriteLine("threads: all are closed");
                }

                return 0;
            case "names":
                return Names.Run();
            case "groups":
                return Groups.Run();
            default:
                Console.WriteLine("usage: threads all|exit|exit-256|return|yield|hand-over|select|open|names|groups");
                return 2;
        }
    }

    private static int TryAll()
    {
        bool passed = Check("a yielding thread lets a sleeper wake", YieldBesideSleeper)
            & Check("a join waits for the end, and no longer than it may", JoinWithTimeOut)
            & Check("two threads hand over to one another", () => HandOver(1_000))
            & Check("a wait has an end", WaitWithTimeOut)
            & Check("a thread's stack comes back", StartMany)
            & Check("the memory of many threads at once is there for others when they have ended", StartManyAtOnce);
        Console.WriteLine(passed ? "threads: passed" : "threads: failed");
        return passed ? 0 : 1;
    }

    private static bool Check(string what, Func<bool> check)
    {
        bool passed = check();
        Console.WriteLine((passed ? "  passed: " : "  failed: ") + what);
        return passed;
    }

    private static bool YieldBesideSleeper()
    {
        bool isDone = false;
        new Thread(() =>
        {
            Thread.Sleep(30);
            Volatile.Write(ref isDone, true);
        }).Start();
        while (!Volatile.Read(ref isDone))
            Thread.Yield();
        return true;
    }

    private static bool JoinWithTimeOut()
    {
        Thread thread = new(() => Thread.Sleep(300));
        thread.Start();
        bool early = thread.Join(20) | thread.Join(0);
        bool wasAlive = thread.IsAlive;
        thread.Join();
        return !early && wasAlive && !thread.IsAlive && thread.Join(0);
    }

    private static bool HandOver(int times)
    {
        using SemaphoreSlim there = new(0);
        using SemaphoreSlim back = new(0);
        int seen = 0;
        Thread thread = new(() =>
        {
            for (int i = 0; i < times; i++)
            {
                there.Wait();
                seen++;
                back.Release();
            }
        });
        thread.Start();
        bool inTurn = true;
        for (int i = 1; i <= times; i++)
        {
            there.Release();
            back.Wait();
            inTurn &= seen == i;
        }

        thread.Join();
        return inTurn;
    }

    private static bool WaitWithTimeOut()
    {
        using SemaphoreSlim never = new(0);
        using SemaphoreSlim soon = new(0);
        new Thread(() =>
        {
            Thread.Sleep(10);
            soon.Release();
        }).Start();
        return !never.Wait(20) && soon.Wait(60_000) && soon.CurrentCount == 0;
    }

    private static bool StartMany()
    {
        int ended = 0;
        for (int i = 0; i < ManyThreads; i++)
        {
            Thread thread = new(() => ended++);
            thread.Start();
            thread.Join();
        }

        return ended == ManyThreads;
    }

    private static bool StartManyAtOnce()
    {
        int ended = 0;
        for (int wave = 0; wave < 3; wave++)
        {
            using SemaphoreSlim go = new(0);
            Thread[] threads = new Thread[ThreadsAtOnce];
            for (int i = 0; i < threads.Length; i++)
            {
                threads[i] = new Thread(() =>
                {
                    go.Wait();
                    Interlocked.Increment(ref ended);
                });
                threads[i].Start();
            }

            go.Release(threads.Length);
            foreach (Thread thread in threads)
                thread.Join();
        }

        byte[][] arrays = new byte[Arrays][];
        for (int i = 0; i < arrays.Length; i++)
            arrays[i] = new byte[ArrayBytes];
        return ended == 3 * ThreadsAtOnce && arrays[^1][^1] == 0;
    }

    /// <summary>Echoes on several UDP ports with one thread, beside one that sleeps and wakes.</summary>
    private static void EchoOnEachPort()
    {
        List<Socket> all = [];
        for (int port = FirstPort; port < FirstPort + Ports; port++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            all.Add(socket);
        }

        RunForEver(() => Thread.Sleep(1));
        byte[] buffer = new byte[65_536];
        SocketAddress sender = new(AddressFamily.InterNetwork);
        List<Socket> readable = [];
        while (true)
        {
            readable.Clear();
            foreach (Socket socket in all)
                readable.Add(socket);
            Socket.Select(readable, null, null, 100_000);
            foreach (Socket socket in readable)
            {
                int length = socket.ReceiveFrom(buffer, SocketFlags.None, sender);
                socket.SendTo(buffer.AsSpan(0, length), SocketFlags.None, sender);
            }
        }
    }

    /// <summary>Opens what an application may open, many times, and closes it.</summary>
    private static void OpenAndClose()
    {
        ThreadStart nothing = static () => { };
        IPEndPoint any = new(IPAddress.Any, 0);
        for (int i = 0; i < OpenedThreads; i++)
        {
            using SemaphoreSlim never = new(0);
            never.Wait(0);
            Thread thread = new(nothing);
            thread.Start();
            thread.Join();
        }

        for (int i = 0; i < OpenedSockets; i++)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(any);
        }
    }

    private static void RunForEver(Action body)
    {
        for (int i = 0; i < 2; i++)
        {
            new Thread(() =>
            {
                while (true)
                    body();
            })
            { IsBackground = true }.Start();
        }
    }

    /// <summary>Computes a little, and lets others run.</summary>
    private static void Turn()
    {
        for (int i = 0; i < 1_000; i++)
            Volatile.Write(ref s_turns, s_turns + 1);
        Thread.Yield();
    }
}
