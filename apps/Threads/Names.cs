using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Guest.Apps;

/// <summary>Looks for the names that are typed, each of a line by a thread of its own; and connects to <c>NAME:PORT</c>, and says what it hears there.</summary>
internal static class Names
{
    public static int Run()
    {
        while (Console.ReadLine() is { Length: > 0 } line)
        {
            string[] names = line.Split(' ');
            Thread[] threads = new Thread[names.Length];
            for (int i = 0; i < names.Length; i++)
            {
                string name = names[i];
                threads[i] = new Thread(() => Console.WriteLine("names: " + name + " " + (name.IndexOf(':') < 0 ? Find(name) : Hear(name))));
                threads[i].Start();
            }

            foreach (Thread thread in threads)
                thread.Join();
        }

        return 0;
    }

    private static string Find(string name)
    {
        if (!Dns.TryGetHostAddresses(name, AddressFamily.Unspecified, out IPAddress[]? addresses, out SocketError error))
            return "fails: " + ((int)error).ToString();
        string text = "is";
        foreach (IPAddress address in addresses)
            text += " " + address.ToString();
        return text;
    }

    private static string Hear(string nameAndPort)
    {
        string[] parts = nameAndPort.Split(':');
        using TcpClient client = new();
        if (!client.TryConnect(parts[0], int.Parse(parts[1]), out SocketError error))
            return "fails: " + ((int)error).ToString();
        byte[] heard = new byte[100];
        int length = client.Client.Receive(heard);
        return "says " + Encoding.UTF8.GetString(heard, 0, Math.Max(length, 0));
    }
}
