package transport

func init() { paths["fast"] = listenFast }
