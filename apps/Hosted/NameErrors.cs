using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Guest.Hosted;

/// <summary>The kernel's form of finding addresses that returns its error, where the BCL only throws.</summary>
internal static class NameErrors
{
    extension(Dns)
    {
        /// <summary>The addresses of a name, if there are any.</summary>
        public static bool TryGetHostAddresses(string hostNameOrAddress, AddressFamily family, [NotNullWhen(true)] out IPAddress[]? addresses, out SocketError errorCode)
        {
            try
            {
                addresses = Dns.GetHostAddresses(hostNameOrAddress, family);
                errorCode = SocketError.Success;
            }
            catch (SocketException failure)
            {
                addresses = null;
                errorCode = failure.SocketErrorCode;
            }

            return addresses is not null;
        }
    }
}
